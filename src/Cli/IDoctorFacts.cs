// SPDX-License-Identifier: MIT
using Denali.Engine;

namespace Denali.Cli;

/// <summary>Where the doctor's checks get their facts: the machine, or a test.</summary>
internal interface IDoctorFacts
{
    /// <summary>Path of the KVM device.</summary>
    string KvmPath { get; }

    /// <summary>Number of processors that this process may use.</summary>
    int ProcessorCount { get; }

    /// <summary>Descriptors that this process may open.</summary>
    ulong OpenFileLimit { get; }

    /// <summary>Reads a file of /proc or /sys.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>Its text, or null if it cannot be read.</returns>
    string? Read(string path);

    /// <summary>Whether a device exists.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>True if so.</returns>
    bool Exists(string path);

    /// <summary>Measures the time stamp counter against the clock.</summary>
    /// <returns>Its frequency in kHz.</returns>
    double MeasureTscKhz();

    /// <summary>Opens the engine.</summary>
    /// <returns>The engine; the caller disposes it.</returns>
    /// <exception cref="EngineException">It cannot be used; the message names the cure.</exception>
    IExecutionEngine OpenEngine();
}
