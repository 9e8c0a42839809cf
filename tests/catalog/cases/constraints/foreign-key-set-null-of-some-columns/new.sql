create table p (x int, y int, primary key (x, y)); create table u (x int, y int, constraint fk foreign key (x, y) references p on delete set null (y));
