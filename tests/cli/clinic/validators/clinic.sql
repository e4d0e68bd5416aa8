-- rule: one_visit_a_room: no two visits start in the same room at the same moment
SELECT a.id FROM visits a JOIN visits b ON a.room = b.room AND a.starts_at = b.starts_at AND a.id > b.id;
