-- The register. An office's register of a school year takes the place of the illustrative one of that year.
CREATE TABLE school AS
WITH placed AS (
    SELECT s.*, y.school_year
    FROM stage.schools AS s
    LEFT JOIN stage.school_year AS y ON s.as_of BETWEEN y.starts_on AND y.ends_on
)
SELECT
    as_of, school_code, school_name, level, ownership, unit_key, classes, pupils, teachers, national_standard,
    happy_school, lat, lon, school_year, file_status AS status, f.name AS file, line
FROM placed AS p
JOIN stage.file AS f USING (file_no)
WHERE p.file_status = 'reported'
   OR NOT EXISTS (
       SELECT 1 FROM placed AS r WHERE r.file_status = 'reported' AND coalesce(r.school_year, '') = coalesce(p.school_year, '')
   )
ORDER BY as_of, school_code;
