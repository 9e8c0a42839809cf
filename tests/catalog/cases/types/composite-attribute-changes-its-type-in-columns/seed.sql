insert into people values (1, row('a', 1), array[row('b', 2)::address]);
