// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Reflection.Metadata;

namespace Denali.GuestChecker;

/// <summary>Where IL came from, as debug information tells.</summary>
public sealed class SourceMap
{
    private const string MappedRoot = "/_/";

    private readonly string _root;

    /// <summary>Undoes the mapping that keeps images independent of where the repository lies.</summary>
    /// <param name="root">What the mapped root stands for.</param>
    public SourceMap(string root) => _root = root;

    /// <summary>The place of an instruction.</summary>
    /// <param name="symbols">The debug information.</param>
    /// <param name="method">The method.</param>
    /// <param name="offset">Offset of the instruction in its IL.</param>
    /// <returns>The file and the line, or null if there are none.</returns>
    public (string File, int Line)? Find(MetadataReader symbols, MethodDefinitionHandle method, int offset)
    {
        (string File, int Line)? found = null;
        MethodDebugInformation information = symbols.GetMethodDebugInformation(method);
        foreach (SequencePoint point in information.GetSequencePoints())
        {
            if (point.IsHidden)
            {
                continue;
            }

            // The last point at or before the instruction; for code in front of all points, the first.
            if (found is null || point.Offset <= offset)
            {
                found = (PathOf(symbols.GetString(symbols.GetDocument(point.Document).Name)), point.StartLine);
            }
        }

        return found;
    }

    private string PathOf(string document) =>
        document.StartsWith(MappedRoot, StringComparison.Ordinal)
            ? Path.Combine(_root, document[MappedRoot.Length..])
            : document;
}
