insert into w values (1, '{"a":1}', '[]');
