insert into w values ('a',1); insert into u values ('a',1);
