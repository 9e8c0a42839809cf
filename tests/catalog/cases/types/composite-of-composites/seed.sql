insert into w values (row(row(1), 'y'), '{}');
