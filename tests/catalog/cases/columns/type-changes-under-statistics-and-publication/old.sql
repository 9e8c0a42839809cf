create table w (id int primary key, a int, b int); create statistics s on a, b from w; create statistics s2 on (a + b), (a * 2) from w; create publication p for table w (id, a) where (a > 0);
