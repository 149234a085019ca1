// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Denali.Guests.Tests;

/// <summary>What a test guest told of one suite.</summary>
internal sealed class FrameReport
{
    private bool _hasEnded;

    /// <summary>Name of the suite.</summary>
    internal string Suite { get; private set; } = string.Empty;

    /// <summary>Names of the tests that passed.</summary>
    internal List<string> Passed { get; } = [];

    /// <summary>Names and messages of the tests that failed.</summary>
    internal List<(string Name, string Message)> Failed { get; } = [];

    /// <summary>Takes one frame, without its prefix.</summary>
    /// <exception cref="FormatException">It is out of order or cannot be read.</exception>
    internal void Add(string frame)
    {
        (string verb, string rest) = Split(frame, " ");
        if (_hasEnded || (verb == "begin") != (Suite.Length == 0))
        {
            throw new FormatException($"out of order: {frame}");
        }

        switch (verb)
        {
            case "begin" when rest.Length > 0:
                Suite = rest;
                break;

            case "pass" when rest.Length > 0:
                Passed.Add(rest);
                break;

            case "fail" when rest.Length > 0:
                Failed.Add(Split(rest, ": "));
                break;

            case "end":
                End(rest);
                break;

            default:
                throw new FormatException($"unknown: {frame}");
        }
    }

    /// <summary>Checks that the suite began and ended.</summary>
    /// <exception cref="FormatException">It did not.</exception>
    internal void CheckComplete()
    {
        if (!_hasEnded)
        {
            throw new FormatException(
                Suite.Length == 0
                    ? "there is no suite"
                    : $"suite {Suite} did not end; it told of {Passed.Count} passed, {Failed.Count} failed");
        }
    }

    private static (string Head, string Tail) Split(string text, string separator)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, string.Empty) : (text[..at], text[(at + separator.Length)..]);
    }

    private void End(string rest)
    {
        string told = string.Create(CultureInfo.InvariantCulture, $"{Suite} {Passed.Count} {Failed.Count}");
        if (rest != told)
        {
            throw new FormatException($"the end says '{rest}', but '{told}' came before it");
        }

        _hasEnded = true;
    }
}
