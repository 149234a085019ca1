// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Denali.GuestChecker;

// denali-guest-checker --root DIRECTORY ASSEMBLY...
//     Refuses what the C# compiler accepts but a guest cannot do. Findings are printed as MSBuild expects them.
// denali-guest-checker --cases DIRECTORY --csc FILE --output DIRECTORY REFERENCE...
//     Compiles and checks every source in a directory, each of which names the finding that it must produce.
Dictionary<string, string> options = [];
List<string> files = [];
for (int i = 0; i < args.Length; i++)
{
    if (args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Length)
    {
        options[args[i]] = args[++i];
    }
    else
    {
        files.Add(args[i]);
    }
}

if (options.TryGetValue("--cases", out string? cases))
{
    return new CaseRunner(options["--csc"], options["--output"], files).Run(cases) ? 0 : 1;
}

SourceMap map = new(options.GetValueOrDefault("--root", Directory.GetCurrentDirectory()));
int count = 0;
foreach (string file in files)
{
    foreach (Finding finding in AssemblyChecker.Check(file, map))
    {
        Console.Error.WriteLine(finding);
        count++;
    }
}

return count == 0 ? 0 : 1;
