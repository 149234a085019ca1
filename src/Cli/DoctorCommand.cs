// SPDX-License-Identifier: MIT
using System;
using Denali.Kvm;

namespace Denali.Cli;

/// <summary>Checks the machine.</summary>
internal static class DoctorCommand
{
    internal static int Execute()
    {
        using var engine = new KvmEngine();
        Console.WriteLine($"ok {engine.Name}");
        return ExitStatus.Success;
    }
}
