insert into e values ('2024-01-05', 'x');
