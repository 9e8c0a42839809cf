create table p (a int, b int); create table k (b int) inherits (p);
