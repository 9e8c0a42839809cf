insert into w values ('c');
