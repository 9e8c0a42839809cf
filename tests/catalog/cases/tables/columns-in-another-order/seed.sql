insert into t values (1, 'x', '2024-01-01', 1.5);
