-- Sums over the city, each former district, and phường against xã, from what the units of the day reported:
-- districts until mid-2025, wards after. A rate is the sum of numerators over the sum of denominators.
CREATE VIEW observation_area AS
WITH
reform AS (SELECT min(valid_from) AS day FROM unit WHERE level = 'ward' AND valid_to IS NULL),
tier AS (
    SELECT unit_key, level, type, main_district_key, population FROM unit
    WHERE level = 'district' OR (level = 'ward' AND valid_to IS NULL)
),
membership AS (
    SELECT unit_key, level, population, 'city' AS area_kind, '01' AS area_key FROM tier
    UNION ALL
    SELECT unit_key, level, population, 'district', main_district_key FROM tier
    UNION ALL
    SELECT unit_key, level, population, 'type', type FROM tier WHERE level = 'ward'
),
expected AS (
    SELECT area_kind, area_key, level, count(*) AS units_expected, sum(population) AS population_expected
    FROM membership GROUP BY ALL
),
sums AS (
    SELECT
        o.indicator_id, m.area_kind, m.area_key, m.level, o.period_end, o.status,
        min(o.period_start) AS period_start,
        sum(o.numerator) AS numerator, sum(o.denominator) AS denominator, sum(o.value) AS total,
        count(*) AS units_reporting, sum(m.population) AS population_reporting
    FROM observation AS o
    JOIN membership AS m ON m.unit_key = o.unit_key
    WHERE o.status IN ('reported', 'illustrative')
      AND m.level = CASE WHEN o.period_end < (SELECT day FROM reform) THEN 'district' ELSE 'ward' END
    GROUP BY ALL
)
SELECT
    s.indicator_id, s.area_kind, s.area_key, s.period_start, s.period_end, s.status, s.numerator, s.denominator,
    CASE WHEN i.kind = 'rate' THEN s.numerator / nullif(s.denominator, 0) ELSE s.total END AS value,
    s.level AS reporting_level, s.units_reporting, e.units_expected,
    s.population_reporting / e.population_expected AS population_share
FROM sums AS s
JOIN indicator AS i USING (indicator_id)
JOIN expected AS e USING (area_kind, area_key, level);
