// Code under test that runs inside the test process logs nothing; functions of the local stack run in their own processes and do.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
