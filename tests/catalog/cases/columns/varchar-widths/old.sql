create table w (a varchar(10), b varchar(20), c char(3), d numeric(5,2), e timestamp(3), f bit(3));
