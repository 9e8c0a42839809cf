insert into w values ('a','b','c',1,'2024-01-01',b'101');
