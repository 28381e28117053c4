-- Each ward of today and each former district in the first peer group all of whose conditions it meets.
CREATE TABLE unit_peer_group AS
SELECT u.unit_key, arg_min(g.peer_group, g.position) AS peer_group, u.population / u.area_km2 AS density, u.population
FROM stage.unit AS u
JOIN stage.peer_group AS g
    ON g.level = u.level
    AND (g.type IS NULL OR g.type = u.type)
    AND (g.density_min IS NULL OR u.population / u.area_km2 >= g.density_min)
    AND (g.density_max IS NULL OR u.population / u.area_km2 < g.density_max)
    AND (g.population_min IS NULL OR u.population >= g.population_min)
    AND (g.population_max IS NULL OR u.population < g.population_max)
WHERE u.level = 'district' OR (u.level = 'ward' AND u.valid_to IS NULL)
GROUP BY ALL
ORDER BY u.unit_key;
