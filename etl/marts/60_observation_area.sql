-- Sums over the city, each former district, and phường against xã, from what the units of the day reported:
-- districts until mid-2025, wards after. A rate is the sum of numerators over the sum of denominators.
-- A ward whose people come from several former districts counts in each with its share.
CREATE VIEW observation_area AS
WITH
reform AS (SELECT min(valid_from) AS day FROM unit WHERE level = 'ward' AND valid_to IS NULL),
tier AS (
    SELECT unit_key, level, type, population FROM unit
    WHERE level = 'district' OR (level = 'ward' AND valid_to IS NULL)
),
membership AS (
    SELECT unit_key, level, population AS people, 'city' AS area_kind, '01' AS area_key, 1.0 AS weight, false AS estimated FROM tier
    UNION ALL
    SELECT t.unit_key, t.level, t.population * b.weight, 'district', b.to_key, b.weight, b.estimated
    FROM tier AS t JOIN unit_bridge AS b ON b.from_key = t.unit_key AND b.vintage = 'districts_2025_06' AND b.weight > 0
    UNION ALL
    SELECT unit_key, level, population, 'type', type, 1.0, false FROM tier WHERE level = 'ward'
),
expected AS (
    SELECT area_kind, area_key, level, count(*) AS units_expected, sum(people) AS people_expected
    FROM membership GROUP BY ALL
),
sums AS (
    SELECT
        o.indicator_id, m.area_kind, m.area_key, m.level, o.period_end, o.status,
        min(o.period_start) AS period_start,
        sum(o.numerator * m.weight) AS numerator, sum(o.denominator * m.weight) AS denominator, sum(o.value * m.weight) AS total,
        sum(coalesce(o.denominator, o.value) * m.weight) AS size,
        sum(coalesce(o.denominator, o.value) * least(m.weight, 1 - m.weight)) FILTER (WHERE m.estimated) AS size_estimated,
        count(*) AS units_reporting, sum(m.people) AS people_reporting
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
    s.people_reporting / e.people_expected AS population_share,
    coalesce(s.size_estimated / nullif(s.size, 0), 0) AS estimated_share
FROM sums AS s
JOIN indicator AS i USING (indicator_id)
JOIN expected AS e USING (area_kind, area_key, level);
