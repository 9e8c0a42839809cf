insert into w values ('a', '{a}');
