create table t (a serial, b bigserial, c bigserial);
