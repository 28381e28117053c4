-- Sums over the city, each former district, and phường against xã, from what the units of the day reported:
-- districts until mid-2025, wards after. A rate is the sum of numerators over the sum of denominators.
-- A ward whose people come from several former districts counts in each with its share.
-- Units that belong to the same areas, each wholly, are summed first: those sums are of whole numbers and come out the
-- same in any order. The few sums with shares follow, in a fixed order, so that the same files make the same build.
CREATE TEMP TABLE area_tier AS
WITH placed AS (
    SELECT u.unit_key, u.level, u.type, u.population,
           count(b.to_key) AS districts, any_value(b.to_key) AS district, coalesce(min(b.weight), 1) AS weight
    FROM unit AS u
    LEFT JOIN unit_bridge AS b ON b.from_key = u.unit_key AND b.vintage = 'districts_2025_06' AND b.weight > 0
    WHERE u.level = 'district' OR (u.level = 'ward' AND u.valid_to IS NULL)
    GROUP BY ALL
)
SELECT
    unit_key, level, population,
    CAST(dense_rank() OVER (
        ORDER BY level, type, CASE WHEN districts = 1 AND weight = 1 THEN district END, CASE WHEN districts > 1 OR weight < 1 THEN unit_key END
    ) AS SMALLINT) AS grp
FROM placed;

CREATE TEMP TABLE area_member AS
WITH one AS (
    SELECT t.grp, t.level, u.type, any_value(t.unit_key) AS unit_key, count(*) AS units, sum(t.population) AS people
    FROM area_tier AS t JOIN unit AS u USING (unit_key) GROUP BY ALL
)
SELECT grp, level, units, people, 'city' AS area_kind, '01' AS area_key, CAST(1 AS DOUBLE) AS weight, false AS estimated FROM one
UNION ALL
SELECT o.grp, o.level, o.units, o.people * b.weight, 'district', b.to_key, b.weight, b.estimated
FROM one AS o JOIN unit_bridge AS b ON b.from_key = o.unit_key AND b.vintage = 'districts_2025_06' AND b.weight > 0
UNION ALL
SELECT grp, level, units, people, 'type', type, 1, false FROM one WHERE level = 'ward';

CREATE TEMP TABLE area_sum AS
SELECT
    o.indicator_id, o.period_end, o.status, t.grp, min(o.period_start) AS period_start,
    sum(o.numerator) AS numerator, sum(o.denominator) AS denominator, sum(o.value) AS total,
    sum(coalesce(o.denominator, o.value)) AS size, count(*) AS units, sum(t.population) AS people
FROM observation AS o
JOIN area_tier AS t ON t.unit_key = o.unit_key
WHERE o.status IN ('reported', 'illustrative')
  AND t.level = CASE WHEN o.period_end < (SELECT min(valid_from) FROM unit WHERE level = 'ward' AND valid_to IS NULL)
                     THEN 'district' ELSE 'ward' END
GROUP BY ALL;

SET threads = 1;
CREATE TABLE observation_area AS
WITH
expected AS (
    SELECT area_kind, area_key, level, sum(units) AS units_expected, sum(people) AS people_expected
    FROM (FROM area_member ORDER BY ALL) GROUP BY ALL
),
sums AS (
    SELECT
        s.indicator_id, m.area_kind, m.area_key, m.level, s.period_end, s.status, min(s.period_start) AS period_start,
        sum(s.numerator * m.weight) AS numerator, sum(s.denominator * m.weight) AS denominator, sum(s.total * m.weight) AS total,
        sum(s.size * m.weight) AS size,
        sum(s.size * least(m.weight, 1 - m.weight)) FILTER (WHERE m.estimated) AS size_estimated,
        sum(s.units) AS units_reporting, sum(s.people * m.weight) AS people_reporting
    FROM (FROM area_sum ORDER BY indicator_id, period_end, status, grp) AS s
    JOIN area_member AS m USING (grp)
    GROUP BY ALL
)
SELECT
    s.indicator_id, s.area_kind, s.area_key, s.period_start, s.period_end, s.status, s.numerator, s.denominator,
    CASE WHEN i.kind = 'rate' THEN s.numerator / nullif(s.denominator, 0) ELSE s.total END AS value,
    s.level AS reporting_level, CAST(s.units_reporting AS BIGINT) AS units_reporting,
    CAST(e.units_expected AS BIGINT) AS units_expected,
    s.people_reporting / e.people_expected AS population_share,
    coalesce(s.size_estimated / nullif(s.size, 0), 0) AS estimated_share
FROM sums AS s
JOIN indicator AS i USING (indicator_id)
JOIN expected AS e USING (area_kind, area_key, level)
ORDER BY s.indicator_id, s.period_end, s.area_kind, s.area_key, s.status;
RESET threads;
DROP TABLE area_tier;
DROP TABLE area_member;
DROP TABLE area_sum;
