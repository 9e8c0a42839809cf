create table w (a varchar(20), b varchar, c char(5), d numeric(8,2), e timestamp(6), f bit varying(5));
