create table w (a serial, b bigserial, c smallserial);
