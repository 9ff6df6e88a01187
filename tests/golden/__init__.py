"""The bytes of every event in every schema ever written: they have to be readable for ever."""
