-- Who took over from whom, and with what share of the people.
-- Old wards: what the resolution says of the population first (all, some, none), then area shares among the "some".
-- Former districts: today's wards, each weighted with its population times its share in the district.
CREATE TABLE unit_succession AS
WITH ward_pairs AS (
    SELECT
        from_key,
        to_key,
        part,
        population_part,
        area_share / sum(CASE WHEN population_part = 'some' THEN area_share END) OVER (PARTITION BY from_key) AS some_share
    FROM stage.ward_succession
),
wards AS (
    SELECT
        from_key,
        to_key,
        part,
        CASE population_part WHEN 'all' THEN 1.0 WHEN 'none' THEN 0.0 ELSE some_share END AS weight,
        CASE
            WHEN part = 'whole' THEN 'whole'
            WHEN population_part IN ('all', 'none') THEN 'population_by_law'
            ELSE 'area_estimate'
        END AS weight_method
    FROM ward_pairs
),
district_pairs AS (
    SELECT
        s.district_key AS from_key,
        s.ward_key AS to_key,
        u.population * s.share AS people,
        sum(u.population * s.share) OVER (PARTITION BY s.district_key) AS people_of_district
    FROM stage.ward_district_share AS s
    JOIN stage.unit AS u ON u.unit_key = s.ward_key
),
districts AS (
    SELECT from_key, to_key, 'part' AS part, people / people_of_district AS weight, 'population_share' AS weight_method
    FROM district_pairs
)
SELECT from_key, to_key, part, CAST(weight AS DOUBLE) AS weight, weight_method FROM wards
UNION ALL
SELECT from_key, to_key, part, CAST(weight AS DOUBLE) AS weight, weight_method FROM districts
ORDER BY from_key, to_key;
