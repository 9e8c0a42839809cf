insert into t values ('d', '{b,d}');
