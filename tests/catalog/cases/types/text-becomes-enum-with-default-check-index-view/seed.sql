insert into w values ('b');
