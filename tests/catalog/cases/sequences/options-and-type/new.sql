create sequence s as smallint increment by -2 minvalue -100 maxvalue 50 start with 50 cache 5 cycle;
