insert into w values ('a');
