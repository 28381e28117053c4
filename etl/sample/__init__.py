"""Illustrative reports in exactly the layout of office files, for the time until real ones are loaded.

The city's course comes from published figures where they agree with each other; how wards differ is made up.
Every quantity is laid out over today's 126 wards and added up to the 30 former districts by the share of each
ward that lay in each of them, so that both eras tell one story. Same seed, same bytes: only ``Random.random``,
``fsum`` and operations that IEEE 754 rounds exactly are used, and nothing depends on the order of a set.

Taken, and met by the sum over all districts (or, for the register, over all schools):
  family 71.25% of all (August 2023); 1,669,074 recognised, 89.06% of registered (December 2024), 72.1% of all
  (August 2024); clan 8,579, 89.49%, 68%; community 4,709, 91.67%, 78%; unit 4,061, 99.68%, 79%; residents 42% of
  all adults (August 2024); association members 1,953,233 = 23.44% of the population (December 2024); association
  fund nearly 440 billion VND raised in the whole of 2024, read as its two half-years together; literacy 99.97%
  (August 2023); 2,874 and 2,913 schools (2023-2024, 2024-2025); 57,000 learners at continuing centres (2025-2026);
  2,954 schools, 2,337 of them public, 2,327,000 pupils, about 70,500 classes, nearly 129,300 teachers (2025-2026);
  nearly 80% of public schools at the national standard. A figure of August stands for that year's second half.
Left out, because they contradict those or do not say of what they are a share: the dossier figures printed in
  December 2025 (families 67%, clans 59%, communities 77%), citizens 60.09%, units "nearly 96%", the schools of June
  2022 (another coverage). "More than 1.5 million" members in 2023 is only a lower bound; the 1,953,233 less the
  109,585 who joined in 2024 is taken instead.
Simplified: communes of the former districts are the 526 of early 2025 throughout, though there were 579 before.
"""

from __future__ import annotations

from etl.sample.writing import write_sample

__all__ = ["write_sample"]
