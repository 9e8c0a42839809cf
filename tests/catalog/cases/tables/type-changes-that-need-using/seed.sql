insert into t values ('1', 'true', '2020-01-01', 1, true, '{"a": 1}', '{1,2}');
