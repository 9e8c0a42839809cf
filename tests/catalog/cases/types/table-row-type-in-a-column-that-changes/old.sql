create table addr (street text, zip int); create table p (id int, home addr);
