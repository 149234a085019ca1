// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Denali.Cli;

/// <summary>Checks the machine: one line per check; <see cref="ExitStatus.Unhealthy"/> if any failed.</summary>
internal static class DoctorCommand
{
    internal static int Execute() => Execute(new DoctorFacts(), Console.Out);

    /// <summary>Shows each finding as soon as it is there: the measurements take seconds.</summary>
    internal static int Execute(IDoctorFacts facts, TextWriter output)
    {
        int status = ExitStatus.Success;
        foreach (DoctorFinding finding in Examine(facts))
        {
            output.WriteLine(finding);
            output.Flush();
            status = finding.Verdict == DoctorVerdict.Fail ? ExitStatus.Unhealthy : status;
        }

        return status;
    }

    private static IEnumerable<DoctorFinding> Examine(IDoctorFacts facts)
    {
        foreach (DoctorFinding finding in DoctorChecks.OfHost(facts))
        {
            yield return finding;
        }

        foreach (DoctorFinding finding in DoctorChecks.OfEngine(facts))
        {
            yield return finding;
        }
    }
}
