insert into posts values ('A');
