create table addr (street text, zip int, city text); create table p (id int, home addr);
