insert into tickets values (1, default), (2, 'open');
