-- Which units of one time make up which units of another, for every pair of times that figures are moved between.
-- The weights of a unit add up to 1 in each vintage, so that nothing is lost or doubled when it is divided.
SET threads = 1; -- sums of fractions in the same order each time: the same files make the same build
CREATE TABLE unit_bridge AS
WITH
size AS (SELECT unit_key, population, area_km2, population / nullif(area_km2, 0) AS density FROM stage.unit),
counted AS (
    SELECT u.unit_key, u.parent_key AS district_key, f.population, f.area_km2,
           count(*) FILTER (WHERE f.population IS NULL) OVER district AS unknown,
           sum(f.population) OVER district AS known
    FROM stage.unit AS u LEFT JOIN stage.former_ward AS f USING (unit_key)
    WHERE u.level = 'ward' AND u.valid_to IS NOT NULL
    WINDOW district AS (PARTITION BY u.parent_key)
),
-- People and land of each ward of before July 2025; those not in the census share the rest of their district.
former AS (
    SELECT c.unit_key, c.district_key,
           coalesce(c.population, greatest(d.population - c.known, 1) / c.unknown) AS people,
           coalesce(c.area_km2, greatest(d.population - c.known, 1) / c.unknown / d.density) AS land
    FROM counted AS c JOIN size AS d ON d.unit_key = c.district_key
),
-- What each of them brought into each ward of today.
brought AS (
    SELECT s.from_key, s.to_key, f.district_key, s.weight, s.weight_method, f.people * s.weight AS people, f.land * s.weight AS land
    FROM unit_succession AS s JOIN former AS f ON f.unit_key = s.from_key
    WHERE s.weight_method <> 'population_share'
),
brought_by_district AS (SELECT district_key, to_key, sum(people) AS people FROM brought GROUP BY ALL),
pieces AS (
    -- a ward of before July 2025 on today's wards: as the resolution says, then by area among the wards that got some
    SELECT 'wards_2025_07' AS vintage, b.from_key, b.to_key, b.weight, b.weight_method, b.weight AS weight_by_area,
           b.weight * t.density / sum(b.weight * t.density) OVER (PARTITION BY b.from_key) AS weight_by_people,
           b.people / sum(b.people) OVER (PARTITION BY b.to_key) AS to_share
    FROM brought AS b JOIN size AS t ON t.unit_key = b.to_key
    UNION ALL
    -- a former district on today's wards: by the people of each ward that come from it; or by land, or by the census
    SELECT 'wards_2025_07', o.district_key, o.ward_key, s.weight, 'population_share',
           w.area_km2 * o.people_share / sum(w.area_km2 * o.people_share) OVER (PARTITION BY o.district_key),
           coalesce(b.people, 0) / sum(b.people) OVER (PARTITION BY o.district_key),
           o.people_share
    FROM ward_origin AS o
    JOIN unit_succession AS s ON s.from_key = o.district_key AND s.to_key = o.ward_key
    JOIN size AS w ON w.unit_key = o.ward_key
    LEFT JOIN brought_by_district AS b ON b.district_key = o.district_key AND b.to_key = o.ward_key
    UNION ALL
    -- a ward of today on former districts: whole where its people come from one, else by the land of each
    SELECT 'districts_2025_06', o.ward_key, o.district_key, o.people_share,
           CASE WHEN max(o.people_share) OVER (PARTITION BY o.ward_key) < 1 THEN 'area_estimate'
                WHEN count(*) OVER (PARTITION BY o.ward_key) = 1 THEN 'whole' ELSE 'population_by_law' END,
           o.people_share,
           coalesce(b.people, 0) / sum(b.people) OVER (PARTITION BY o.ward_key),
           w.population * o.people_share / sum(w.population * o.people_share) OVER (PARTITION BY o.district_key)
    FROM ward_origin AS o
    JOIN size AS w ON w.unit_key = o.ward_key
    LEFT JOIN brought_by_district AS b ON b.district_key = o.district_key AND b.to_key = o.ward_key
    UNION ALL
    -- a ward of before July 2025 in its district
    SELECT 'districts_2025_06', unit_key, district_key, 1, 'whole', 1, 1, people / sum(people) OVER (PARTITION BY district_key)
    FROM former
    UNION ALL
    -- a former district on the wards of before July 2025: by the census
    SELECT 'wards_2025_01', district_key, unit_key, people / sum(people) OVER (PARTITION BY district_key), 'population_share',
           land / sum(land) OVER (PARTITION BY district_key), people / sum(people) OVER (PARTITION BY district_key), 1
    FROM former
    UNION ALL
    -- a ward of today on the wards of before July 2025: by what each of them brought in
    SELECT 'wards_2025_01', to_key, from_key, people / sum(people) OVER (PARTITION BY to_key),
           CASE WHEN count(*) FILTER (WHERE people > 0) OVER (PARTITION BY to_key) = 1 THEN 'whole' ELSE 'population_share' END,
           land / sum(land) OVER (PARTITION BY to_key), people / sum(people) OVER (PARTITION BY to_key), weight
    FROM brought
),
judged AS (
    SELECT *, weight_method IN ('area_estimate', 'population_share') AND max(weight) OVER (PARTITION BY vintage, from_key) < 1 AS estimated
    FROM pieces
)
SELECT CASE WHEN level = 'district' THEN 'districts_2025_06' WHEN valid_to IS NULL THEN 'wards_2025_07' ELSE 'wards_2025_01' END AS vintage,
       unit_key AS from_key, unit_key AS to_key, CAST(1 AS DOUBLE) AS weight, 'none' AS weight_method, false AS estimated,
       CAST(1 AS DOUBLE) AS weight_low, CAST(1 AS DOUBLE) AS weight_high, CAST(1 AS DOUBLE) AS weight_by_area,
       CAST(1 AS DOUBLE) AS weight_by_people, CAST(1 AS DOUBLE) AS to_share
FROM stage.unit WHERE level IN ('district', 'ward')
UNION ALL
SELECT vintage, from_key, to_key, CAST(weight AS DOUBLE), weight_method, estimated,
       CASE WHEN estimated THEN 0.0 ELSE CAST(weight AS DOUBLE) END, CASE WHEN estimated AND weight > 0 THEN 1.0 ELSE CAST(weight AS DOUBLE) END,
       CAST(CASE WHEN estimated THEN weight_by_area ELSE weight END AS DOUBLE),
       CAST(CASE WHEN estimated THEN weight_by_people ELSE weight END AS DOUBLE), CAST(to_share AS DOUBLE)
FROM judged
ORDER BY vintage, from_key, to_key;
RESET threads;
