-- Who took over from whom, and with what share of the people.
-- Old wards: what the resolution says of the population first (all, some, none), then area shares among the "some".
-- Former districts: today's wards, each weighted with its population times its share in the district.
SET threads = 1; -- sums of fractions in the same order each time: the same files make the same build

-- Of which former districts a ward of today has its people: nothing from a district that the resolution gave land only,
-- else the share of the ward's area that lay in the district.
CREATE TEMP TABLE ward_origin AS
WITH law AS (
    SELECT s.to_key AS ward_key, u.parent_key AS district_key, bool_or(s.population_part <> 'none') AS peopled
    FROM stage.ward_succession AS s JOIN stage.unit AS u ON u.unit_key = s.from_key
    GROUP BY ALL
),
overlay AS (
    SELECT d.ward_key, d.district_key, d.share AS area_share,
           CASE WHEN coalesce(l.peopled, true) THEN d.share ELSE 0 END AS people
    FROM stage.ward_district_share AS d LEFT JOIN law AS l USING (ward_key, district_key)
)
SELECT
    ward_key, district_key,
    area_share / sum(area_share) OVER (PARTITION BY ward_key) AS area_share,
    coalesce(people / nullif(sum(people) OVER (PARTITION BY ward_key), 0), area_share) AS people_share
FROM overlay;

CREATE TABLE unit_succession AS
WITH ward_pairs AS (
    SELECT
        from_key, to_key, part, population_part,
        CASE WHEN population_part = 'some' THEN area_share / sum(area_share) OVER (PARTITION BY from_key, population_part) END AS some_share
    FROM stage.ward_succession
),
wards AS (
    SELECT
        from_key, to_key, part,
        CASE population_part WHEN 'all' THEN 1.0 WHEN 'none' THEN 0.0 ELSE some_share END AS weight,
        CASE
            WHEN part = 'whole' THEN 'whole'
            WHEN population_part IN ('all', 'none') OR some_share = 1 THEN 'population_by_law'
            ELSE 'area_estimate'
        END AS weight_method
    FROM ward_pairs
),
districts AS (
    SELECT
        o.district_key AS from_key, o.ward_key AS to_key, 'part' AS part,
        u.population * o.people_share / sum(u.population * o.people_share) OVER (PARTITION BY o.district_key) AS weight,
        'population_share' AS weight_method
    FROM ward_origin AS o JOIN stage.unit AS u ON u.unit_key = o.ward_key
)
SELECT from_key, to_key, part, CAST(weight AS DOUBLE) AS weight, weight_method FROM wards
UNION ALL
SELECT from_key, to_key, part, CAST(weight AS DOUBLE) AS weight, weight_method FROM districts
ORDER BY from_key, to_key;
RESET threads;
