-- Which units of one time make up which units of another, for every pair of times that figures are moved between.
-- The weights of a unit add up to 1 in each vintage, so that nothing is lost or doubled when it is divided.
CREATE TABLE unit_bridge AS
WITH
density AS (SELECT unit_key, population, area_km2, population / nullif(area_km2, 0) AS density FROM stage.unit),
own AS (
    SELECT 'wards_2025_07' AS vintage, unit_key FROM stage.unit WHERE level = 'ward' AND valid_to IS NULL
    UNION ALL
    SELECT 'districts_2025_06', unit_key FROM stage.unit WHERE level = 'district'
),
pieces AS (
    -- a ward of before July 2025 on today's wards: as the resolution says, then by area among the wards that got some
    SELECT 'wards_2025_07' AS vintage, s.from_key, s.to_key, s.weight, s.weight_method, s.weight AS weight_by_area,
           s.weight * d.density / sum(s.weight * d.density) OVER (PARTITION BY s.from_key) AS weight_by_people,
           CASE WHEN s.weight > 0 THEN 1.0 / count(*) FILTER (WHERE s.weight > 0) OVER (PARTITION BY s.to_key) ELSE 0 END AS to_share
    FROM unit_succession AS s JOIN density AS d ON d.unit_key = s.to_key
    WHERE s.weight_method <> 'population_share'
    UNION ALL
    -- a former district on today's wards: by the people of each ward that come from it
    SELECT 'wards_2025_07', o.district_key, o.ward_key, s.weight, 'population_share',
           d.area_km2 * o.people_share / sum(d.area_km2 * o.people_share) OVER (PARTITION BY o.district_key),
           s.weight, o.people_share
    FROM ward_origin AS o
    JOIN unit_succession AS s ON s.from_key = o.district_key AND s.to_key = o.ward_key
    JOIN density AS d ON d.unit_key = o.ward_key
    UNION ALL
    -- a ward of today on former districts: whole where its people come from one, else by the land of each
    SELECT 'districts_2025_06', o.ward_key, o.district_key, o.people_share,
           CASE WHEN max(o.people_share) OVER (PARTITION BY o.ward_key) < 1 THEN 'area_estimate'
                WHEN count(*) OVER (PARTITION BY o.ward_key) = 1 THEN 'whole' ELSE 'population_by_law' END,
           o.people_share,
           o.people_share * d.density / sum(o.people_share * d.density) OVER (PARTITION BY o.ward_key),
           w.population * o.people_share / sum(w.population * o.people_share) OVER (PARTITION BY o.district_key)
    FROM ward_origin AS o
    JOIN density AS d ON d.unit_key = o.district_key
    JOIN density AS w ON w.unit_key = o.ward_key
    UNION ALL
    -- a ward of before July 2025 in its district
    SELECT 'districts_2025_06', unit_key, parent_key, 1, 'whole', 1, 1, 1.0 / count(*) OVER (PARTITION BY parent_key)
    FROM stage.unit WHERE level = 'ward' AND valid_to IS NOT NULL
),
judged AS (
    SELECT *, weight_method IN ('area_estimate', 'population_share') AND max(weight) OVER (PARTITION BY vintage, from_key) < 1 AS estimated
    FROM pieces
)
SELECT vintage, unit_key AS from_key, unit_key AS to_key, CAST(1 AS DOUBLE) AS weight, 'none' AS weight_method, false AS estimated,
       CAST(1 AS DOUBLE) AS weight_low, CAST(1 AS DOUBLE) AS weight_high, CAST(1 AS DOUBLE) AS weight_by_area,
       CAST(1 AS DOUBLE) AS weight_by_people, CAST(1 AS DOUBLE) AS to_share
FROM own
UNION ALL
SELECT vintage, from_key, to_key, CAST(weight AS DOUBLE), weight_method, estimated,
       CASE WHEN estimated THEN 0.0 ELSE CAST(weight AS DOUBLE) END, CASE WHEN estimated AND weight > 0 THEN 1.0 ELSE CAST(weight AS DOUBLE) END,
       CAST(CASE WHEN estimated THEN weight_by_area ELSE weight END AS DOUBLE), CAST(weight_by_people AS DOUBLE), CAST(to_share AS DOUBLE)
FROM judged
ORDER BY vintage, from_key, to_key;
