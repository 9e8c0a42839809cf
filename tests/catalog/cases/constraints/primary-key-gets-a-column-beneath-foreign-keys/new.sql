create table p (x int not null, y int not null, constraint pk primary key (x, y)); create table k (x int, y int, foreign key (x, y) references p);
