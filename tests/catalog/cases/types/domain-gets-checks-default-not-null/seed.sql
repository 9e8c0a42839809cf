insert into w values ('a','{b}');
