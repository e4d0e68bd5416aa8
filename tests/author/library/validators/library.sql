-- rule: one_note: no two loans have the same note
SELECT a.id FROM loans a JOIN loans b ON a.note = b.note AND a.id > b.id;
