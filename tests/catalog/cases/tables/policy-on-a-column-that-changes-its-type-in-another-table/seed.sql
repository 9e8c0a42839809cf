insert into members values (1, 'a'); insert into docs values (1, 1);
