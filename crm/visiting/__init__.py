"""When somebody is visited and when not: the station's cadence (訪問の目安), quiet periods."""
