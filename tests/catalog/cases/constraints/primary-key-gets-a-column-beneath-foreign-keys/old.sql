create table p (x int not null, y int not null, constraint pk primary key (x), constraint un unique (x, y)); create table k (x int references p (x), y int);
