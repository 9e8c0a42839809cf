insert into metrics values ('2024-02-03', 1, 'a');
