insert into w values (1, '{2}'); insert into u values (1);
