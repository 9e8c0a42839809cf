insert into events select n, '2024-01-02' from generate_series(1, 2000) n;
