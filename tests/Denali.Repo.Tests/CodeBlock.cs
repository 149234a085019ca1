// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Denali.Repo.Tests;

/// <summary>A pair of braces in C# source and what stands before it.</summary>
/// <param name="Header">The code between the previous statement or block and the opening brace.</param>
/// <param name="HeaderStart">Where the header's first word begins.</param>
/// <param name="Start">Position of the opening brace.</param>
/// <param name="End">Position of the closing brace.</param>
/// <param name="Parent">The block around it, or null.</param>
internal sealed partial record CodeBlock(string Header, int HeaderStart, int Start, int End, CodeBlock? Parent)
{
    /// <summary>Whether it is the body of a class, structure, record or interface.</summary>
    public bool IsType => TypeHeader().IsMatch(Header);

    /// <summary>Whether it is the body of a method, constructor, property or operator: a member, not a table.</summary>
    public bool IsMember => Parent is { IsType: true } && !IsType && !Initializer().IsMatch(Header);

    /// <summary>Finds all blocks.</summary>
    /// <param name="code">Source with comments and literals blanked.</param>
    /// <returns>The blocks in the order of their opening braces.</returns>
    public static IReadOnlyList<CodeBlock> Parse(string code)
    {
        List<CodeBlock> blocks = [];
        Stack<int> open = new();
        int headerStart = 0;
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i] == '{')
            {
                string header = code[headerStart..i];
                int start = headerStart + (header.Length - header.TrimStart().Length);
                CodeBlock? parent = open.Count > 0 ? blocks[open.Peek()] : null;
                open.Push(blocks.Count);
                blocks.Add(new CodeBlock(header.Trim(), start, i, code.Length, parent));
                headerStart = i + 1;
            }
            else if (code[i] == '}' && open.Count > 0)
            {
                int index = open.Pop();
                blocks[index] = blocks[index] with { End = i };
                headerStart = i + 1;
            }
            else if (code[i] == ';')
            {
                headerStart = i + 1;
            }
        }

        return blocks;
    }

    [GeneratedRegex(@"(^|\s)(class|struct|interface|record|enum|extension)\s+[\w(]")]
    private static partial Regex TypeHeader();

    // "=" that is not part of "=>", "==", "<=", ">=", "!=": the block is a value, as in a table.
    [GeneratedRegex(@"(?<![<>=!])=(?![>=])")]
    private static partial Regex Initializer();
}
