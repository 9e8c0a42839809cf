insert into m values (1, 'x'), (11, 'y');
insert into lone values (55, 'z');
