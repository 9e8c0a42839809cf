insert into orders values (1, 'eu'), (2, 'us');
